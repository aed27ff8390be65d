"""How a model is made: datasets, recipes, the trainer, and the runs it leaves behind."""
