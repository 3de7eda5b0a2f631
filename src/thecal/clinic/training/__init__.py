"""Training runs: begun, told to the learner, signed by a simulated colleague, scored."""
