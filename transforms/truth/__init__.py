"""Whether a caption is true of a picture: captions parsed back into claims, and claims held against the boxes.

Written apart from the rules that write captions: nothing of transforms/captions is used here. docs/captions.md says what words
mean. `evaluate.check` is the way in.
"""
