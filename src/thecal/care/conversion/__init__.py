"""From the opioids a person takes: morphine equivalents for risk, and the intrathecal start."""
