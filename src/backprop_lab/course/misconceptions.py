"""What a check says to a common mistake. An exercise may say it in its own words instead."""

__all__ = ["MEANS", "REVERSED", "SAYS"]

REVERSED = "Besides, the sign is turned round: look at which way round you subtracted."

SAYS = {
    "M1": "You followed one path only, or let the last one overwrite the others: what comes along all paths is added.",
    "M2": "You went back in an order in which a node passes on its gradient before all of it has arrived.",
    "M3": "Old gradients are still in there: what a pass collects has to start from nothing.",
    "M4": "You took a local derivative at the wrong end: look whether it is written with the input or with the output.",
    "M5": "You took the slope of the sigmoid at the activation; it belongs at the pre-activation.",
    "M5 short form": "You put the pre-activation into the short form of the slope, which is meant for the activation.",
    "M6": "You went back through an inverse of the weights: nothing is undone there, sensitivities are collected.",
    "M7": "You left out the slope of the hidden activation: what comes back through the weights has yet to pass it.",
    "M8": "A matrix lies on its side: a row of weights, or of their gradient, belongs to a unit of its own layer.",
    "M9": "That is the gradient: backpropagation has done its part, the step has yet to be taken.",
    "M10": "You treated clipped, saturated or dead as the same as finished: look at what the gradient itself says.",
    "M11": "You looked at the difference itself: whether it is small depends on how large the gradients are.",
    "M12": "You differentiated a composition as if it were a product, or a product as if it were a composition.",
    "M13": "You took the miss of the output for its delta: the slope of the output's activation is missing.",
    "M13 loss": "You took the loss itself, where a derivative of it belongs.",
    "M14": "You blamed the learning rate: it scales every layer alike, and says nothing of how layers differ.",
    "ascent": "You went uphill: the gradient points to where the loss grows.",
    "bias": "You left out the bias.",
    "learning-rate": "You left out the learning rate.",
    "no-step": "These are the old parameters, unchanged.",
    "slope": "That is the slope alone: what is missing is how much the loss minds the prediction.",
    "step-only": "That is the step alone: the new parameters are where it leads to.",
    "swapped": "The two units are swapped.",
    "update-first": "You changed the output weights before the way back used them: gradients belong to "
    "the old weights.",
    "weights-forgotten": "You left out the weights on the way back: an output listens to a unit as far as "
    "its weight lets it.",
}

# In a few words, for a teacher.
MEANS = {
    "M1": "one path only, or the last one overwrites",
    "M2": "passes on before all has arrived",
    "M3": "old gradients are not cleared",
    "M4": "local derivative at the wrong end",
    "M5": "slope taken at the wrong place",
    "M6": "transpose taken for an inverse",
    "M7": "slope of the hidden activation left out",
    "M8": "rows and columns mixed up",
    "M9": "backpropagation taken for the learning step",
    "M10": "clipped, saturated or dead taken for finished",
    "M11": "absolute difference trusted",
    "M12": "composition and product mixed up",
    "M13": "the miss taken for the gradient",
    "M14": "vanishing blamed on the learning rate",
}
