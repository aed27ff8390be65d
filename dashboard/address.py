"""The names of what a page's address and the session keep; they stand here alone."""

# parameters of the URL; a control with the same key keeps its value there
PART_OF_EXPLORE = "explored"  # which part of that page is open
PART_OF_COMPARE = "compared"
PART_OF_EVALUATE = "evaluated"
PART_OF_TRAIN = "trained"
DATASET = "dataset"  # what digits: a name, or OWN with `file`
FILE = "file"  # a path or a dataset's name
SPLIT = "split"  # all, train or test
CLASS = "class"  # the digits of one class
DIGIT = "digit"  # the number of the open digit
PAGE = "page"  # of the gallery
NUMBERS = "numbers"  # a list such as 7, 100-120
SORT = "sort"  # by number, a measure of shape or confidence
FALLING = "falling"  # the highest first
ANSWER = "answer"  # correct, wrong or any
READ = "read"  # the class that a run predicts
CONFIDENCE = "confidence"  # from and to, percent
CLOSER = "closer"  # which closer look at a digit
MAP = "map"  # what a map is of
COLOUR = "colour"  # what colours its points
CIRCLE = "circle"  # corners, each in eight figures
DRAWN = "drawn"  # whether the circle is around a drawing's place
RUN = "run"  # one run, on every page
RUNS = "runs"  # those compared
FILTER = "filter"  # words that the listed runs hold
AGAINST = "against"  # the second of two runs
REPEATS = "repeats"  # whether lists of runs hold folds and seeds too
MEMBERS = "together"  # the members of an ensemble
EXPLAINED = "explained"  # the run that explains a digit
EXPLANATION = "explanation"  # by which function
RANDOMIZED = "randomized"  # whether random weights stand beside it
CHANGE = "change"  # how a digit is changed step by step
BESIDE_CHANGED = "changed-for"  # the runs that are asked about it beside the page's own
TARGET = "target"  # the class that a digit is led to
FRAME = "film-frame"  # of the film that leads there
MAXIMISED = "maximised"  # whether the pictures that maximise each class are shown
SWITCHED_OFF = "off"  # whether the open map of a network is
MAP_MAXIMISED = "map-maximised"  # whether the picture that maximises it is shown
CURVE = "curve"  # what the curves show
LOG = "log"
SECONDS = "seconds"
SINGLE = "single"
SMOOTHING = "smoothing"  # how the curves are drawn
LIVE = "live"  # whether trainings that go on are drawn too
COLUMNS = "columns"  # of the table
RIVALS = "rivals"  # without runs that are significantly worse than the best
COLUMNS_SHOWN = "columns_shown"  # two or all against each other
X_AXIS = "across"
Y_AXIS = "up"  # the columns compared
CELLS = "cells"  # what a cell of the matrix shows
MISTAKES_ALONE = "mistakes-alone"
LINEAR = "linear"  # how its colours are made
CELL = "cell"  # the open cell, label-prediction
MISTAKES = "mistakes"  # the page of a cell's digits
EPOCH = "epoch"  # of a run that is shown epoch by epoch
CASE = "case"  # the page of doubtful labels
STUDY = "study"
SECTION = "section"  # of a study's conclusion, by its title
SYSTEM = "system"  # of the sources, by its recipe
NOTICE_CLOSED = "notice closed"  # whether the line on what is missing was closed
TOPIC = "topic"  # which part of the page Results
MISSED = "missed"  # the page of the digits that our best misclassifies
DRAWING = "drawing"  # strokes as letters
OVER = "over"  # DATASET:NUMBER, a digit below the canvas
PEN = "pen"  # its width in pixels
RECIPE = "recipe"  # a named recipe, to train
TRAINING = "training"  # one that was started from a page
GHOSTS = "beside"  # runs whose curves stand beside it
LAYER = "layer"  # the open layer of a network, 0 the input
UNIT = "unit"  # its open map or unit, from 1
SHOWN_DIGIT = "shown"  # DATASET:NUMBER, and
BY_RUN = "by"  # the run: what a link to a digit says that was followed from a page with controls for both
PAGE_A = "page-a"
PAGE_B = "page-b"  # the pages of two galleries

# of the page Concepts, and of what one can turn there
CONCEPT = "concept"  # which question is open
PATH_STEP = "step"  # of the path in seven steps, on every page
FIND = "find"  # words by which questions are found
WEIGHTS = "weights"  # the nine of a filter, row by row
TRAINED_FILTER = "trained"  # the number of a run's own filter
LAYERS_HIDDEN = "hidden"
LAYERS_UNITS = "units"
LAYERS_DROPOUT = "dropout"
LAYERS_NORMALISED = "normalised"
LOGIT_4 = "logit-4"
LOGIT_7 = "logit-7"
LOGIT_9 = "logit-9"
TEMPERATURE = "temperature"
TRUE_CLASS = "true"
BATCH = "batch"
EPOCHS = "epochs"  # of a small training
RATE = "rate"
FACTOR = "factor"  # on the first weights of a network
LAYER = "layer"
STEP = "step-size"
STEPS_TAKEN = "steps-taken"
STEEPNESS = "steepness"
BLOCKS = "blocks"
FILTERS = "filters"
POOLED = "pooled"
ROW = "row"
COLUMN = "column"  # of an output pixel
SHIFT = "shift"  # of a digit, in pixels
POOLED_SHIFT = "pooled-shift"  # of a digit before its map is pooled
DEPTH = "depth"
BIAS = "bias"
WINDOW = "window"  # of a pooling
SIDE = "side"  # of a picture, in pixels
PATIENCE = "patience"
EXAMPLES = "examples"
DECAY = "decay"  # of weights
DROPOUT = "dropout-share"
REPORTED = "reported"  # the class whose row and column are counted

PARTS = (
    PART_OF_EXPLORE,
    PART_OF_COMPARE,
    PART_OF_EVALUATE,
    PART_OF_TRAIN,
    TOPIC,
    STUDY,
    CONCEPT,
)  # what opens another view of a page, a step for the browser's Back

# what the session alone keeps
SHOWN = "shown "  # before the key of a bound control: the one that a visitor sees instead
CANVAS = "canvas"  # what the canvas holds
STEPS = "steps"
STEPS_ON = "steps on"  # the steps of preparation that are done
MINE = "mine"  # the visitor's drawings
MINE_CELL = "mine cell"  # the open cell of their matrix
BROUGHT = "brought"  # the file that they came back from
PASTED = "pasted"  # a picture from the clipboard
WHY = "why"
SOURCE = "source"  # whether a network shows a drawing or a digit of a dataset
MEMBER_OF = "member of"  # the ensemble whose members are offered
LOOK = "look"  # which closer look at a drawing
BROWSE = "browse"  # the fragment in which digits are clicked and opened
PATH_TAKEN = "path taken"  # the step of the path that was open last
OPENED = "opened"  # a digit that was clicked in another part of the page
CHARTS = "charts"  # the charts of the page
PICTURES = "pictures"  # what a map has asked for
CIRCLE_PAGE = "circle page"  # the page of circled digits
WRITING = "writing"  # how often styles were written again
PLAYING = "playing"
BEAT = "beat"
NAMED_EPOCH = "named epoch"  # how the epochs play on
OTHER_CLASS = "other class"  # the fragment in which a digit is led to another class
FILM_PLAYING = "film playing"
FILM_BEAT = "film beat"  # how its film plays on
VERDICTS = "verdicts"  # on labels
ENSEMBLE_NAME = "ensemble name"
ENSEMBLE_MESSAGE = "ensemble message"
ENSEMBLES_LOADED = "ensembles loaded"

TABLE = "table of runs"  # as it was when it was drawn first
TABLE_VERSION = "table version"  # how often it began anew
NEW_RUNS = "new runs asked for"  # those that appeared while the page was open
TICKS_TAKEN = "ticks taken"  # the ticked runs with which A against B was opened last
TABLE_MESSAGE = "table message"  # what could not be kept of its changes
TABLE_DONE = "table done"  # what was done with runs, for a short message
MANAGED = "managed"  # how often runs were renamed, hidden, deleted or restored
MANAGED_RUN = "managed run"  # which of the ticked runs that is about
START_MESSAGE = "start message"  # why a training could not be started
REPEAT_HOW, REPEAT_SEEDS, REPEAT_FOLDS, REPEAT_FIELD = "repeat how", "repeat seeds", "repeat folds", "repeat field"
NAMED_FILTER = "named filter"  # which of the filters with a name is in use
FILTER_EDITOR = "filter editor"

TAKEN_DATASET = "taken dataset"  # the name of one just kept, to be chosen
DATASET_MESSAGE = "dataset message"  # why one could not be kept
UPLOADS = "uploads"  # how many datasets were uploaded
RUN_UPLOADS = "run uploads"  # how many times runs were imported
RECOGNISED = "recognised"  # what files to import were found to be
IMPORTED = "imported"  # what became of the last ones
MAXIMISED_RUN, MAXIMISED_SO_FAR = (
    "maximised run",
    "maximised so far",
)  # whose pictures were made; how many, or why none can be
CLASS_PICTURES = "class pictures"  # the fragment in which they are made
MEASURING = "measuring"  # the change whose errors are being measured
CHANGED_ERRORS = "changed errors"  # the fragment in which they are measured
FAILED = "failed to measure"  # the runs that gave no answer, with the reason
OPEN_MAP = "open map"  # the fragment in which a network's map is asked about
ASKED_DIGITS = "asked digits"  # whose test digits models are asked about

OWN = "own file"  # the control's choice for a dataset that is none of ours

# parts of pages that older addresses open
IMPORT_RUNS = "Import runs"
STATISTICS, A_AGAINST_B, EPOCH_BY_EPOCH, STUDIES = "Statistics", "A against B", "Epoch by epoch", "Studies"


def table_key(version: int) -> str:
    """Of the table of runs after it began anew so many times."""
    return f"{TABLE} {version}"


def managed_key(version: int) -> str:
    """Of the popover in which runs are managed, after that was done so many times."""
    return f"{MANAGED} {version}"


def managed_run_key(version: int) -> str:
    """Of the control in it that says which of the ticked runs is meant."""
    return f"{MANAGED_RUN} {version}"


def setting_key(recipe: str, field: str) -> str:
    """Of the control for a field of a named recipe."""
    return f"setting {recipe} {field}"


def questions_key(group: str) -> str:
    """Of the control that holds a group of the questions on the page Concepts."""
    return f"questions {group}"


def canvas_key(version: int) -> str:
    """Of the canvas after it was cleared so many times."""
    return f"{CANVAS} {version}"


def chosen_digit_key(sha256: str) -> str:
    """Of the control for the number of a digit of the dataset with that hash."""
    return f"digit of {sha256[:8]}"


def upload_key(version: int) -> str:
    """Of the control for uploads after so many of them."""
    return f"{UPLOADS} {version}"


def run_upload_key(version: int) -> str:
    """Of the control for files to import after so many imports."""
    return f"{RUN_UPLOADS} {version}"


def ends_key(measure: str) -> str:
    """Session state of the ends that the filter by a measure had when it was last shown."""
    return f"ends {measure}"


def label_key(version: int) -> str:
    """Of what the visitor says a drawing is, on that canvas."""
    return f"was {version}"


def verdict_key(sha256: str, number: int) -> str:
    """Of the verdict on the label of a digit of the dataset with that hash."""
    return f"verdict {sha256[:8]} {number}"
