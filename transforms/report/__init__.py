"""What people read of a finished build: report.html and the dataset card."""

from skypairs.transforms.report.card import dataset_card
from skypairs.transforms.report.page import render, write_report

__all__ = ["dataset_card", "render", "write_report"]
