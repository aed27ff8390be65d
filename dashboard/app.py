"""The page table, and what the server starts with."""

import sys
from pathlib import Path

if __name__ == "__main__":  # a spawned process imports this file under another name, and must do nothing here
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

    import streamlit as st

    from dashboard import memory, theme, warm  # small: the page's frame is drawn before large imports
    from dashboard.sections import moved

    memory.few_arenas()
    st.set_page_config("MNIST Atelier", theme.icon(), layout="wide")
    groups = {  # of the navigation: pages of the first stand in it themselves, each other one is a menu
        "": [
            # its own path is free for the page that leads here from /draw
            st.Page("views/draw.py", title="Draw", icon=":material/draw:", url_path="", default=True),
            st.Page("views/inside.py", title="Inside", icon=":material/layers:"),
            *moved.pages(),
        ],
        "Data": [
            st.Page("views/explore.py", title="Explore", icon=":material/grid_view:"),
            st.Page("views/map.py", title="Map", icon=":material/scatter_plot:"),
            st.Page("views/label_review.py", title="Label review", icon=":material/gavel:"),
        ],
        "Runs": [
            st.Page("views/compare.py", title="Compare", icon=":material/show_chart:"),
            st.Page("views/evaluate.py", title="Evaluate", icon=":material/fact_check:"),
            st.Page("views/ensemble.py", title="Ensemble", icon=":material/groups:"),
            st.Page("views/train.py", title="Train", icon=":material/model_training:"),
        ],
        "Learn": [
            st.Page("views/concepts.py", title="Concepts", icon=":material/school:"),
            st.Page("views/results.py", title="Results", icon=":material/science:"),
        ],
    }
    page = st.navigation(groups, position="top")
    theme.apply(groups, page)
    title = st.empty()
    if not warm.imported() and page.visibility == "visible":
        title.title(page.title)
    warm.imports()

    from dashboard import cache
    from dashboard.components import browser_history, charts, frame
    from dashboard.sections import opening, path
    from training.runs import RunError

    cache.worker()  # starts the models' process, so that it is warm when somebody draws
    browser_history.install()
    frame.install(page.title)
    charts.forget()
    title.empty()
    path.show(page.url_path)
    try:
        page.run()
    except RunError as error:  # deleted or damaged since the page listed it
        opening.changed(error)
    charts.offer(page.title)
    memory.set_lasting_apart()

elif __name__ == "app":  # the server itself imports this file before anybody visits
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

    import streamlit as st

    from dashboard import warm

    app = st.App(__file__, lifespan=warm.lifespan)
