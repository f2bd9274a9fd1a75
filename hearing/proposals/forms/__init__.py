"""Forms of proposals: one question a page for residents, grouped for the desk."""

from hearing.proposals.forms.applying import (
    STEPS,
    AssistedApplicationForm,
    AssistedForm,
    AssistedLetterForm,
    LetterForm,
    PlaceStep,
    ProblemStep,
    ReasonForm,
    SendForm,
    Step,
    UpkeepStep,
    WishStep,
)
from hearing.proposals.forms.deciding import (
    ChangeForm,
    ContestAnswerForm,
    ManagerForm,
    PaperPermitForm,
    PermitForm,
    PublicityForm,
)
from hearing.proposals.forms.planning import (
    MOST_SHARES,
    DrawingsForm,
    FixForm,
    OwnPartsForm,
    PlanForm,
    edition_of,
    shares_form,
)
from hearing.proposals.forms.screening import (
    OpinionForm,
    OpinionRequestForm,
    ScreeningForm,
    SecondLookForm,
)
from hearing.proposals.forms.words import (
    written,
)

__all__ = [
    "MOST_SHARES",
    "STEPS",
    "AssistedApplicationForm",
    "AssistedForm",
    "AssistedLetterForm",
    "ChangeForm",
    "ContestAnswerForm",
    "DrawingsForm",
    "FixForm",
    "LetterForm",
    "ManagerForm",
    "OpinionForm",
    "OpinionRequestForm",
    "OwnPartsForm",
    "PaperPermitForm",
    "PermitForm",
    "PlaceStep",
    "PlanForm",
    "ProblemStep",
    "PublicityForm",
    "ReasonForm",
    "ScreeningForm",
    "SecondLookForm",
    "SendForm",
    "Step",
    "UpkeepStep",
    "WishStep",
    "edition_of",
    "shares_form",
    "written",
]
