"""The patient's own pages, of the patient or of a carer: who may, the diary, the card."""
