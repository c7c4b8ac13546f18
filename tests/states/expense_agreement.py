"""States of an agreement version, as the domain guide §12 says. Superseding is what the next exchange does."""

from __future__ import annotations

from tests.agreements.making import agreement_machine

MACHINE = agreement_machine("expense")
