"""Floor 1: drugs, their limits and stability, mixtures, compounding, stopping and restarting."""

from thecal.pharmacy.compounding import (
    ConstantFlowFill,
    Mixing,
    Recipe,
    RecipeDrug,
    constant_flow_fill,
    mixing,
    recipe,
)
from thecal.pharmacy.conversion import conversion_facts, oral_morphine_factors
from thecal.pharmacy.formulary import (
    Drug,
    both_units,
    drug,
    drug_by_brand,
    drugs,
    other_unit,
)
from thecal.pharmacy.indications import Indication, indication, indications
from thecal.pharmacy.interactions import Interaction, interactions
from thecal.pharmacy.limits import (
    CEILING,
    POPULATIONS,
    Limit,
    age_band,
    ceiling,
    limit_values,
    limits,
)
from thecal.pharmacy.mixture import DRUG_FREE, Mixture
from thecal.pharmacy.primary import doses_at_flow, flow_for_dose
from thecal.pharmacy.restart import RestartRule, restart_rule, restart_rules
from thecal.pharmacy.safe_state import safe_state
from thecal.pharmacy.salts import (
    Tonicity,
    base_of_salt,
    compounding_fact,
    powder_of_salt,
    salt_of_base,
    tonicity,
)
from thecal.pharmacy.stability import Stability, shortest_stability, stability_in_pump

__all__ = [
    "CEILING",
    "DRUG_FREE",
    "POPULATIONS",
    "ConstantFlowFill",
    "Drug",
    "Indication",
    "Interaction",
    "Limit",
    "Mixing",
    "Mixture",
    "Recipe",
    "RecipeDrug",
    "RestartRule",
    "Stability",
    "Tonicity",
    "age_band",
    "base_of_salt",
    "both_units",
    "ceiling",
    "compounding_fact",
    "constant_flow_fill",
    "conversion_facts",
    "doses_at_flow",
    "drug",
    "drug_by_brand",
    "drugs",
    "flow_for_dose",
    "indication",
    "indications",
    "interactions",
    "limit_values",
    "limits",
    "mixing",
    "oral_morphine_factors",
    "other_unit",
    "powder_of_salt",
    "recipe",
    "restart_rule",
    "restart_rules",
    "safe_state",
    "salt_of_base",
    "shortest_stability",
    "stability_in_pump",
    "tonicity",
]
