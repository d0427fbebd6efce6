"""The pages of the analysis: a module a subject."""

from training.analysis_pages import analysis as analysis
