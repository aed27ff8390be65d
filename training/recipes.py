"""The named recipes: each one trains by `python -m training run NAME`."""

from training.recipe import Recipe

# The sources train on all 60,000 digits and watch the test set, without choosing anything by it.
AS_WRITTEN = {"validation": "test"}
WORKSHOP = {"optimizer": "sgd", "learning_rate": 0.01, "epochs": 10, "batch_size": 32, **AS_WRITTEN}

RECIPES = {
    recipe.name: recipe
    for recipe in (
        Recipe(name="mlp-128x2", architecture="mlp", hidden=(128, 128), normalize_rows=True, epochs=3, **AS_WRITTEN),
        Recipe(
            name="cnn-kfold",
            architecture="cnn_kfold",
            loss="categorical_crossentropy",
            optimizer="sgd",
            learning_rate=0.01,
            momentum=0.9,
            batch_size=200,
            **AS_WRITTEN,
        ),
        Recipe(name="cnn-small", architecture="cnn_small", **WORKSHOP),
        Recipe(name="cnn-medium", architecture="cnn_medium", **WORKSHOP),
        Recipe(name="cnn-large", architecture="cnn_large", **WORKSHOP),
    )
}
