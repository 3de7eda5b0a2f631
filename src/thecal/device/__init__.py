"""Floor 1: pump models, catheters, what is implanted, and the hydraulics they share."""

from thecal.device.catalogue import catheter_model, catheter_models, pump_model, pump_models
from thecal.device.catheter import (
    CatheterModel,
    ImplantedCatheter,
    bore_volume_per_length,
    implant_catheter,
)
from thecal.device.environment import (
    gas_pump_flow_change,
    gas_pump_flow_ratio,
    hyperbaric_permitted,
)
from thecal.device.faults import FaultKind, fault_kind, fault_kinds
from thecal.device.fit import misfit
from thecal.device.hydraulics import concentration_for_dose
from thecal.device.infection_care import CareTask, care_task_ids, care_tasks
from thecal.device.pump import ImplantedPump, PumpKind, PumpModel, implant_pump

__all__ = [
    "CareTask",
    "CatheterModel",
    "FaultKind",
    "ImplantedCatheter",
    "ImplantedPump",
    "PumpKind",
    "PumpModel",
    "bore_volume_per_length",
    "care_task_ids",
    "care_tasks",
    "catheter_model",
    "catheter_models",
    "concentration_for_dose",
    "fault_kind",
    "fault_kinds",
    "gas_pump_flow_change",
    "gas_pump_flow_ratio",
    "hyperbaric_permitted",
    "implant_catheter",
    "implant_pump",
    "misfit",
    "pump_model",
    "pump_models",
]
