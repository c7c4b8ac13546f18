from accounts.models.delegations import DELEGABLE, Delegation, letter_of_step
from accounts.models.organizations import Agency, County, Organization, Province, SectorGroup
from accounts.models.people import ApiKey, Membership, Role, User

__all__ = [
    "DELEGABLE",
    "Agency",
    "ApiKey",
    "County",
    "Delegation",
    "Membership",
    "Organization",
    "Province",
    "Role",
    "SectorGroup",
    "User",
    "letter_of_step",
]
