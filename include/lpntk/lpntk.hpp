#pragma once

// Everything but the optional parts (mpi/), in reading order.

#include "lpntk/core/types.hpp"
#include "lpntk/core/require.hpp"
#include "lpntk/core/parallel.hpp"
#include "lpntk/core/random.hpp"
#include "lpntk/core/progress.hpp"
#include "lpntk/core/dataset.hpp"
#include "lpntk/core/tensor.hpp"

#include "lpntk/model/part_layout.hpp"
#include "lpntk/model/jacobian_provider.hpp"
#include "lpntk/model/derived_parts.hpp"
#include "lpntk/model/cotangents.hpp"
#include "lpntk/model/gradient_check.hpp"

#include "lpntk/cluster/similarity.hpp"
#include "lpntk/cluster/matrix_similarity.hpp"
#include "lpntk/cluster/clustering.hpp"
#include "lpntk/cluster/farthest_points.hpp"
#include "lpntk/cluster/by_class.hpp"

#include "lpntk/select/selection.hpp"
#include "lpntk/select/drop_redundant.hpp"
#include "lpntk/select/drop_tail.hpp"
#include "lpntk/select/keep_heads.hpp"
#include "lpntk/select/keep_random_member.hpp"
#include "lpntk/select/uniform.hpp"

#include "lpntk/nn/layer.hpp"
#include "lpntk/nn/sequential.hpp"
#include "lpntk/nn/initialise.hpp"
#include "lpntk/nn/zoo.hpp"
#include "lpntk/nn/loss.hpp"
#include "lpntk/nn/sgd.hpp"
#include "lpntk/nn/train.hpp"
#include "lpntk/nn/train_best.hpp"

#include "lpntk/io/idx.hpp"
#include "lpntk/io/mnist.hpp"
#include "lpntk/io/cifar10.hpp"
#include "lpntk/io/npy.hpp"
