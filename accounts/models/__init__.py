from accounts.models.organizations import Agency, County, Organization, Province, SectorGroup
from accounts.models.people import ApiKey, Delegation, Membership, Role, User

__all__ = [
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
]
