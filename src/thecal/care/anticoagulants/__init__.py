"""When an anticoagulant is paused before a procedure at the spine, and when it starts again."""

from thecal.care.anticoagulants.agents import (
    Agent,
    Procedure,
    agent,
    agents,
    nonsteroidals,
    procedure,
    procedures,
)
from thecal.care.anticoagulants.pause import Pause, Standing, pause
from thecal.care.anticoagulants.reader import AnticoagulantCase, Taken

__all__ = [
    "Agent",
    "AnticoagulantCase",
    "Pause",
    "Procedure",
    "Standing",
    "Taken",
    "agent",
    "agents",
    "nonsteroidals",
    "pause",
    "procedure",
    "procedures",
]
