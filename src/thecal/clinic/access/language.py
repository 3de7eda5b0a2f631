"""The language of pages that staff and patients share: login, account, errors.

Staff work in English. A patient or a carer has the language of their own pages; before a login it
is that of the switch on the page of the login, else that of the browser.
"""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language_from_request

from thecal.care.document import Language
from thecal.care.own.words import own_say
from thecal.errors import ThecalError
from thecal.report.documents.localised import localised

_LANGUAGE = "language of the person"
"""Key of the session: the language of the own pages of who is logged in; staff have none."""


def page_language(request: HttpRequest) -> Language:
    """Return the language in which a page is shown that both staff and patients see."""
    session = getattr(request, "session", None)
    if session is not None and SESSION_KEY in session:
        found = session.get(_LANGUAGE, "en")
    else:
        found = get_language_from_request(request)
    return "de" if found == "de" else "en"


def page_words(request: HttpRequest, name: str) -> str:
    """Return a text of such a page in its language."""
    return localised(own_say(name), page_language(request))


def keep_language(request: HttpRequest, language: Language) -> None:
    """Keep the language of the person who is logged in for the rest of the session."""
    if request.session.get(_LANGUAGE) != language:
        request.session[_LANGUAGE] = language


def keep_in_browser(response: HttpResponse, language: Language) -> HttpResponse:
    """Let the browser remember the language for the page of the login."""
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        secure=settings.HTTPS,
        httponly=True,
        samesite="Strict",
    )
    return response


def in_words(name: str) -> ThecalError:
    """Return an error in German, for a person who reads no English."""
    return ThecalError(own_say(name).de, remedy=own_say(f"{name}-do").de)
