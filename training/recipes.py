"""The named recipes: each one trains by `python -m training run NAME`."""

from typing import Any

from training.recipe import Recipe

# The sources train on all training digits and evaluate the test set after each epoch, without choosing anything by it.
AS_WRITTEN: dict[str, Any] = {"validation": "test"}
WORKSHOP: dict[str, Any] = {"optimizer": "sgd", "learning_rate": 0.01, "epochs": 10, "batch_size": 32, **AS_WRITTEN}
FITTED: dict[str, Any] = {"epochs": 1, **AS_WRITTEN}

# what brings a network closest to the fewest errors, chosen on held-out digits by the study `ingredients`
RECORD: dict[str, Any] = {
    "augmentation": ("elastic", "thickness"),
    "loss": "categorical_crossentropy",
    "batch_size": 128,
    "learning_rate": 0.002,
    "schedule": "cosine",
    "averaging": 0.999,
    "precision": "mixed_bfloat16",
    "validation_fraction": 1 / 12,
    "split_seed": 1,
    "half": True,
}
# as An, Lee, Park, Yang and So train their networks (arXiv:2008.10400)
AN_ET_AL: dict[str, Any] = {
    "augmentation": ("affine",),
    "epochs": 150,
    "batch_size": 120,
    "schedule": "exponential",
    "averaging": 0.999,
    "precision": "mixed_bfloat16",
    "validation_fraction": 1 / 12,
    "split_seed": 1,
    "half": True,
}
# a reader of drawings: MNIST and digits of the generator, and pictures that are none
READER: dict[str, Any] = {
    "architecture": "cnn_canvas",
    "augmentation": ("elastic", "thickness"),
    "loss": "categorical_crossentropy",
    "calibrate": True,
    "epochs": 20,
    "batch_size": 128,
    "learning_rate": 0.002,
    "schedule": "cosine",
    "averaging": 0.999,
    "precision": "mixed_bfloat16",
    "validation_fraction": 0.05,
    "references": 20_000,
    "dropout": 0.25,
}
LONG = (
    "cnn-m3",
    "cnn-m5",
    "cnn-m7",
)  # recipes whose training takes many hours without a GPU: no run of them is shipped

# what the page Train offers for the first click: some 20 seconds on two processor cores
FIRST = Recipe(
    name="first-training",
    architecture="cnn",
    filters=(16, 32),
    hidden=(64,),
    digits=10_000,
    epochs=6,
    batch_size=64,
    learning_rate=0.002,
    schedule="cosine",
)
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
        Recipe(name="digits-mlp-15", dataset="digits", architecture="dense_classifier", hidden=(15,), **FITTED),
        Recipe(name="linear-pairwise", architecture="linear_pairwise", **FITTED),
        Recipe(name="knn-deform", architecture="knn_deform", **FITTED),
        Recipe(name="svm", architecture="svm", virtual=1, **FITTED),
        Recipe(name="random-forest", architecture="random_forest", **FITTED),
        Recipe(
            name="mlp-800",
            architecture="mlp",
            hidden=(800,),
            epochs=30,
            batch_size=128,
            schedule="cosine",
            **AS_WRITTEN,
        ),
        Recipe(
            name="cnn-6layer",
            architecture="cnn_6layer",
            augmentation=("elastic",),
            epochs=40,
            batch_size=128,
            schedule="cosine",
            precision="mixed_bfloat16",
            **AS_WRITTEN,
        ),
        Recipe(name="cnn-stride", architecture="cnn_stride", epochs=20, **RECORD),
        Recipe(name="cnn-m3-cosine", architecture="cnn_m3", epochs=20, **RECORD),
        Recipe(name="cnn-m5-cosine", architecture="cnn_m5", epochs=20, **RECORD),
        Recipe(name="cnn-m7-cosine", architecture="cnn_m7", epochs=20, **RECORD),
        Recipe(name="cnn-m3", architecture="cnn_m3", **AN_ET_AL),
        Recipe(name="cnn-m5", architecture="cnn_m5", **AN_ET_AL),
        Recipe(name="cnn-m7", architecture="cnn_m7", **AN_ET_AL),
        Recipe(name="canvas", dataset="mnist+generated:120000", outliers=30_000, **READER),
        Recipe(
            name="canvas-distilled",
            dataset="mnist+generated:80000",
            maps=48,
            teacher="cnn-m5-cosine",
            outliers=20_000,
            half=True,
            **READER,
        ),
    )
}
