"""LeNet in JAX, channels last, for jax_peer.py and neural_tangents_peer.py."""
import jax
import jax.numpy as jnp
from jax import lax

import peer


def weights(work):
    """Convolutions as (ky, kx, c, out), linear layers as (in, out) on a flattened (h, w, c)."""
    w = {name: (jnp.asarray(weight), jnp.asarray(bias)) for name, (weight, bias) in work.weights.items()}
    for name in ("conv1", "conv2"):
        w[name] = w[name][0].transpose(2, 3, 1, 0), w[name][1]
    w["linear1"] = w["linear1"][0].reshape(128, 64, 12, 12).transpose(2, 3, 1, 0).reshape(9216, 128), w["linear1"][1]
    w["linear2"] = w["linear2"][0].T, w["linear2"][1]
    return w


def logits(w, images):
    """N x 784 to N x K."""
    def convolve(x, layer):
        return lax.conv_general_dilated(x, w[layer][0], (1, 1), "VALID", dimension_numbers=("NHWC", "HWIO", "NHWC")) + w[layer][1]

    x = jax.nn.relu(convolve(images.reshape(-1, 28, 28, 1), "conv1"))
    x = jax.nn.relu(convolve(x, "conv2"))
    x = lax.reduce_window(x, -jnp.inf, lax.max, (1, 2, 2, 1), (1, 2, 2, 1), "VALID").reshape(-1, 9216)
    x = jax.nn.relu(x @ w["linear1"][0] + w["linear1"][1])
    return x @ w["linear2"][0] + w["linear2"][1]


def inputs(work, samples):
    return jnp.asarray(work.images[:samples]), jnp.asarray(work.signs(samples))
