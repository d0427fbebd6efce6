"""The probability that a case comes out well, learned from closed cases, with its reasons. Pure: no Django, no database.

A case is whatever has an outcome that is known later: a lead that is won, a person written to who answers, a learner who
finishes. It arrives, is closed once its outcome is known, and is then won or lost.

A score card: each field gives so many log odds for the class its value falls into, more or less than the average case's,
and their sum is the score. Numbers are cut at their quantiles (Siddiqi, "Credit Risk Scorecards", 2006) and coded
cumulatively, so that the penalty smooths neighbouring classes towards each other; categories have a class each, rare ones
share one; a value that is missing is a class of its own. The classes' weights are a ridge logistic regression (le Cessie &
van Houwelingen, Applied Statistics 41, 1992), its penalty chosen by cross-validated log loss: rare classes and few won
cases pull towards the average instead of to extremes.

The sum becomes a probability by a calibration learned from predictions for cases that the fold in question had not seen:
Platt's sigmoid (1999), or isotonic regression (Zadrozny & Elkan, KDD 2002) once there are a thousand cases of each outcome
(Niculescu-Mizil & Caruana, ICML 2005). How good it is, is measured on the latest quarter of the cases by a model that
knew nothing of it, neither cases nor outcomes, or on other groups (a course, a campaign) than it has learned from; the
model that is kept has then learned from all.

Because it is a sum, a reason is exact: what a field gave. A model is plain numbers, kept as JSON and never unpickled.
"""

from valuation.learning.cards import Model, Part, Reason, Scored
from valuation.learning.fields import FieldType, Known, Rows, ScoreField, as_numbers, as_texts
from valuation.learning.learning import FEWEST_CLOSED, FEWEST_WON, TooFewError, has_enough, train
from valuation.learning.measures import Bin, Evaluation, evaluate

__all__ = [
    "FEWEST_CLOSED",
    "FEWEST_WON",
    "Bin",
    "Evaluation",
    "FieldType",
    "Known",
    "Model",
    "Part",
    "Reason",
    "Rows",
    "ScoreField",
    "Scored",
    "TooFewError",
    "as_numbers",
    "as_texts",
    "evaluate",
    "has_enough",
    "train",
]
