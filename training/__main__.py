"""The command line `python -m training COMMAND`: the table of its commands."""

import sys

from models import command_line

COMMANDS = {  # by name, where its function stands
    "list": "training.commands.list_:list_recipes",
    "run": "training.commands.run:run",
    "sweep": "training.commands.sweep:sweep",
    "ensemble": "training.commands.ensemble:make_ensemble",
    "runs": "training.commands.runs:list_runs",
    "sources": "training.commands.sources:print_sources",
    "study": "training.commands.study:print_study",
    "report": "training.commands.report:write_report",
    "import": "training.commands.import_:import_runs",
    "export": "training.commands.export:export_run",
    "map": "training.commands.map_:make_map",
    "data": "training.commands.data:load_data",
    "upgrade": "training.commands.upgrade:upgrade",
}


def main(arguments: list[str]) -> int:
    """Run one command; gives the exit code of the process."""
    return command_line.main("python -m training", "Train models on handwritten digits.", COMMANDS, arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
