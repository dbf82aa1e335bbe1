"""How well a picture and its captions fit, by a CLIP model. torch and open_clip are imported when a model is loaded."""
