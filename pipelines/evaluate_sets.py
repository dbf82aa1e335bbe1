"""What `skypairs evaluate` does: one model on every set that was named, and its figures as JSON where that is asked for."""

import argparse

from skypairs.api import evaluate
from skypairs.api.evaluate import Evaluation
from skypairs.schemas.errors import UserError
from skypairs.transforms import storage
from skypairs.transforms.scores.clip_model import load_model


def evaluate_sets(options: argparse.Namespace) -> list[Evaluation]:
    """Retrieval, then zero-shot, each in the order named. What is wrong with the words is said before a model is loaded."""
    retrieval = [evaluate.source_of(*item) for item in options.retrieval]
    zero_shot = [evaluate.source_of(*item) for item in options.zero_shot]
    if not retrieval and not zero_shot:
        raise UserError("nothing to evaluate on: name sets by --retrieval or --zero-shot")
    templates = options.template or evaluate.TEMPLATES
    evaluate.check_templates(templates)
    model = load_model(options.model, options.weights, options.device, options.precision)
    batch, limit, capitalise = options.batch_size, options.limit, not options.as_written
    found = [evaluate.retrieval(model, item, capitalise=capitalise, batch=batch, limit=limit) for item in retrieval]
    found += [evaluate.zero_shot(model, item, templates=templates, batch=batch, limit=limit) for item in zero_shot]
    if options.json:
        text = evaluate.evaluation_json(options.model, options.weights, found)
        storage.publish_bytes(text.encode(), options.json)
    return found
