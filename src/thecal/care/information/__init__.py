"""What a patient reads of the own pump: journeys, scans, recovery, refills, words, questions."""
