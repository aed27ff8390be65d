"""The numbers behind the page Concepts: pure functions in NumPy, small enough to be computed anew at each click."""
