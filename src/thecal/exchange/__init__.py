"""Floor 7: a patient's record as a packet that leaves one clinic and enters another."""
