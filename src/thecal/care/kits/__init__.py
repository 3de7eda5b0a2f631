"""Kits for the ports of a pump: what is sold, and whether one fits the pump and the port."""

from thecal.care.kits.catalogue import UNLISTED, Kit, Port, fitting, kits
from thecal.care.kits.fit import KitInHand, check_kit

__all__ = ["UNLISTED", "Kit", "KitInHand", "Port", "check_kit", "fitting", "kits"]
