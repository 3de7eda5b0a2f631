"""How long pumps and catheters hold: their lives, the curve, and what competes with a failure."""

from thecal.care.survival.curve import Curve, Step, survival
from thecal.care.survival.life import DeviceLife, End, device_lives

__all__ = ["Curve", "DeviceLife", "End", "Step", "device_lives", "survival"]
