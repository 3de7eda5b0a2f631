"""The pathway of a person: stages, what each step asks for, and what it opens."""

from thecal.care.pathway.delivery import DeliveryPlaces, delivery_places
from thecal.care.pathway.ending import FollowUp
from thecal.care.pathway.given import Given, read_given, trial_word
from thecal.care.pathway.pathways import Pathway, pathway, pathway_ids
from thecal.care.pathway.stages import ends, next_stages, stages
from thecal.care.pathway.state import PathwayState, begin, follow, read_state
from thecal.care.pathway.transition import Refusal, Transition, transition

__all__ = [
    "DeliveryPlaces",
    "FollowUp",
    "Given",
    "Pathway",
    "PathwayState",
    "Refusal",
    "Transition",
    "begin",
    "delivery_places",
    "ends",
    "follow",
    "next_stages",
    "pathway",
    "pathway_ids",
    "read_given",
    "read_state",
    "stages",
    "transition",
    "trial_word",
]
