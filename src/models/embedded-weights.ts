/** The weights files of the folder `weights`, which come with the package. Written by scripts/embed-weights.mjs. */

/**
 * Where each file is, by name: beside the code in Node, where the bundler puts it in a browser. From src/models, dist/models and
 * dist/bin the folder is two up.
 */
export const embeddedWeights: Readonly<Record<string, () => URL>> = {
  'efficientnet_mini_cifar_10-44c86a05.safetensors': () =>
    new URL('../../weights/efficientnet_mini_cifar_10-44c86a05.safetensors', import.meta.url),
  'efficientnet_mini_fashion_mnist-f3e96e0d.safetensors': () =>
    new URL('../../weights/efficientnet_mini_fashion_mnist-f3e96e0d.safetensors', import.meta.url),
  'lenet5_fashion_mnist-55947a27.safetensors': () =>
    new URL('../../weights/lenet5_fashion_mnist-55947a27.safetensors', import.meta.url),
};
