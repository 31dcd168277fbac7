"""How each profile is rehearsed."""

from __future__ import annotations

from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
UNDER_DRUG = CHECKOUT / "contrib" / "cultures" / "e-coli-trimethoprim.yaml"
ALGA = CHECKOUT / "contrib" / "cultures" / "chlamydomonas.yaml"
FED = "axenic: culture/1\nfeed_g_l: 50\n"
SUSPENDED = "axenic: culture/1\ninitial_biomass_g_l: 2\nlag_h: 48\n"
"""Cells that do not grow, in a buffer."""
PHOTOMETER = 'photometer: {answer: "5.5"}\n'
"""What a true photometer would say of a full-grown culture, to the photodiode's own flattening."""
WORDS = {
    "batch-growth-curve": ["--for", "10h"],
    "chemostat": [
        *("--for", "1d12h", "--input", "slow=0.3 /h", "--input", "middle=0.45 /h"),
        *("--input", "residence_times=3"),
    ],
    "turbidostat": ["--for", "8h"],
    "temperature-shift": ["--for", "8h"],
    "calibration-run": ["--for", "5h", "--culture", "{suspended}"],
    "dose-response": ["--for", "6h", "--culture", str(UNDER_DRUG)],
    "morbidostat": ["--for", "1d", "--culture", str(UNDER_DRUG)],
    "fed-batch": ["--for", "16h", "--culture", "{fed}"],
    "light-cycle": ["--for", "1d2h", "--culture", str(ALGA)],
    "overnight-start": ["--for", "20h", "--start", "2025-01-06T18:00"],
    "adaptive-evolution": ["--for", "8h30min"],
    "long-term-stability": [
        *("--for", "13h", "--start", "2025-01-06T00:00", "--answers", "{photometer}")
    ],
}
"""What each is rehearsed with: as short as shows what it is for."""
