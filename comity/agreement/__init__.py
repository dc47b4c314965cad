"""The written agreement as data."""

from comity.agreement.model import Agreement, AgreementParty, Flow, Never
from comity.agreement.standing import SignedAgreement

__all__ = ["Agreement", "AgreementParty", "Flow", "Never", "SignedAgreement"]
