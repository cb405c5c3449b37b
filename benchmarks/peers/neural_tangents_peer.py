"""neural-tangents' empirical NTK, each of its implementations, on two functions:

blocks   the logits: K x K blocks, then the signs, which is how it is used as it comes
signed   the one number z . u, u the signs given along with the image: its NTK is the lpNTK, K^2 times less work
"""
import sys
import types

# Its TensorFlow bridge is not needed; without this, importing neural-tangents imports TensorFlow.
sys.modules["neural_tangents.experimental"] = types.ModuleType("neural_tangents.experimental")

import jax
import jax.numpy as jnp
import neural_tangents
import numpy as np

import lenet_jax
import peer

work = peer.Work(sys.argv[1])
weights = lenet_jax.weights(work)


def signed(w, images_and_signs):
    images, signs = images_and_signs[:, :784], images_and_signs[:, 784:]
    return jnp.sum(lenet_jax.logits(w, images) * signs, axis=1, keepdims=True)


def blocks_task(implementation):
    ntk = neural_tangents.empirical_ntk_fn(lenet_jax.logits, trace_axes=(), vmap_axes=0, implementation=implementation)

    @jax.jit
    def kernel(images, signs):
        return jnp.einsum("NMab,Na,Mb->NM", ntk(images, None, weights), signs, signs)
    return lambda samples: np.asarray(kernel(*lenet_jax.inputs(work, samples)))


def signed_task(implementation):
    ntk = neural_tangents.empirical_ntk_fn(signed, trace_axes=(-1,), vmap_axes=0, implementation=implementation)
    kernel = jax.jit(lambda images, signs: ntk(jnp.concatenate([images, signs], axis=1), None, weights))
    return lambda samples: np.asarray(kernel(*lenet_jax.inputs(work, samples)))


tasks = {}
for which in neural_tangents.NtkImplementation:
    if which != neural_tangents.NtkImplementation.AUTO:
        tasks["blocks:" + which.name.lower()] = blocks_task(which)
        tasks["signed:" + which.name.lower()] = signed_task(which)
peer.serve(f"neural-tangents {neural_tangents.__version__}, JAX {jax.__version__}", tasks)
