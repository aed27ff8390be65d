"""What the page Results says of the sources' claims: how many are reached, and which are not."""

from types import SimpleNamespace

from dashboard.sections import claims


def system(recipe, claim, mean, low, high):
    return SimpleNamespace(recipe=recipe, claim=claim), SimpleNamespace(mean=mean, range=(low, high))


def test_a_claim_within_the_interval_is_not_missed():
    systems = [
        system("reached", 0.02, 0.01, 0.008, 0.012),
        system("within", 0.02, 0.021, 0.019, 0.023),
        system("missed", 0.0027, 0.0042, 0.0031, 0.0057),
        system("unclaimed", None, 0.01, 0.008, 0.012),
    ]
    said = claims._verdict(systems)
    assert said.startswith("**2 of 3** claimed errors are reached here")
    assert said.endswith("; missed makes 0.42 % instead of 0.27 %.")
    assert claims._verdict(systems[:2]).startswith("**2 of 2**")
    assert ";" not in claims._verdict(systems[:2])
