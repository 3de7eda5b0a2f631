"""What an outsider who refers a patient has to type, for tests of the rule and of the page."""

NEEDED = {
    "referrer_name": "Dr. Rosa Referrer",
    "referrer_place": "Practice, Potsdam",
    "referrer_telephone": "0331 000",
    "agreed": "yes",
    "patient_name": "Paul Patient",
    "birth_date": "1961-04-12",
    "sex": "male",
    "pathway": "non-cancer",
}
