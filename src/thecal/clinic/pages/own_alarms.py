"""The alarms of the patient's pump: their sound to listen to, what they mean, what to do."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.urls import path

from thecal.care.own.alarms import explained_alarms, sound_of
from thecal.clinic import clock
from thecal.clinic.access.guard import ClinicRequest
from thecal.clinic.own.guard import Own, own_page, show_own
from thecal.device import PumpModel
from thecal.pump.alarms import Priority
from thecal.report.alarm_sound import alarm_wave


@own_page("see own pages")
def alarms(request: ClinicRequest, own: Own) -> HttpResponse:
    """Explain the alarms of the pump that is in the patient now."""
    model = _model(own)
    shown = [] if model is None else explained_alarms(model)
    return show_own(
        request,
        own,
        "clinic/own_alarms.html",
        page="alarms",
        none=own.words("card-none" if model is None else "alarm-none-pump"),
        alarms=[
            {
                "priority": one.priority.value,
                "title": own.say(one.title),
                "plays": one.sound is not None,
                "heard": [own.say(line) for line in one.heard],
                "recalled": one.recalled,
                "meanings": [own.say(line) for line in one.meanings],
                "to_do": own.say(one.to_do),
            }
            for one in shown
        ],
    )


@own_page("see own pages")
def sound(request: ClinicRequest, own: Own, priority: str) -> HttpResponse:
    """Return the sound of an alarm as a file to play."""
    model = _model(own)
    if model is None or priority not in tuple(Priority):
        raise Http404("this pump has no such alarm")
    found = sound_of(model, Priority(priority))
    if found is None:
        raise Http404("it is not known how this alarm sounds")
    data = alarm_wave(found.length, found.pitches, found.change)
    response = HttpResponse(data, content_type="audio/wav")
    response["Accept-Ranges"] = "none"
    return response


def _model(own: Own) -> PumpModel | None:
    simulation = own.chart.simulation(clock.now())
    return None if simulation is None else simulation.model


urlpatterns = [
    path("", alarms, name="own alarms"),
    path("<slug:priority>.wav", sound, name="own alarm sound"),
]
