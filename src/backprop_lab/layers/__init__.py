"""Layers beyond the fully connected network, each with its own forward and backward rule, and a model of them.

Every layer follows `Layer`: `forward` returns the output and a cache, `backward` takes the cache and dC/d(output). A
layer looks at the type and shape of what it is handed; whether the values are finite, `Sequential` asks of its data.
"""

from backprop_lab.layers.attention import ScaledDotProductAttention as ScaledDotProductAttention
from backprop_lab.layers.base import Layer as Layer
from backprop_lab.layers.check import LayerCheck as LayerCheck
from backprop_lab.layers.check import check_layer as check_layer
from backprop_lab.layers.convolution import Conv2D as Conv2D
from backprop_lab.layers.convolution import Flatten as Flatten
from backprop_lab.layers.dense import Activate as Activate
from backprop_lab.layers.dense import Dense as Dense
from backprop_lab.layers.dropout import Dropout as Dropout
from backprop_lab.layers.embedding import Embedding as Embedding
from backprop_lab.layers.normalization import BatchNorm as BatchNorm
from backprop_lab.layers.normalization import LayerNorm as LayerNorm
from backprop_lab.layers.pooling import AveragePool2D as AveragePool2D
from backprop_lab.layers.pooling import MaxPool2D as MaxPool2D
from backprop_lab.layers.recurrent import GRU as GRU
from backprop_lab.layers.recurrent import LSTM as LSTM
from backprop_lab.layers.recurrent import LastStep as LastStep
from backprop_lab.layers.recurrent import SimpleRNN as SimpleRNN
from backprop_lab.layers.residual import Residual as Residual
from backprop_lab.layers.sequential import Sequential as Sequential
from backprop_lab.layers.sequential import SequentialGradients as SequentialGradients
