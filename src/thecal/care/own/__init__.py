"""What a patient or a carer reads and writes on their own pages: words, diary, danger signs."""
