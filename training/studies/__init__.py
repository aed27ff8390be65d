"""Studies of many trainings, what they found, and what the course texts claim."""
