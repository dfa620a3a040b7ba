/** Who may import whom: the house's layers as data. A folder not listed here fails the check. */

/** Each place (longest prefix wins) with the places it may import from, besides itself and `base`. */
export const layers = {
  'src/base': [],
  'src/compiler/ir': [],
  'src/compiler/ops': ['src/compiler/ir'],
  'src/compiler/autodiff': ['src/compiler/ops', 'src/compiler/ir'],
  'src/compiler/passes': ['src/compiler/ops', 'src/compiler/ir'],
  'src/compiler/onnx': ['src/compiler/ops', 'src/compiler/ir'],
  'src/compiler': ['src/compiler/ir', 'src/compiler/ops', 'src/compiler/autodiff', 'src/compiler/passes', 'src/compiler/onnx'],
  'src/platform': [],
  'src/runtime': ['src/platform', 'src/compiler/ops', 'src/compiler/onnx'],
  'src/files': ['src/platform'],
  'src/weights': ['src/platform', 'src/files'],
  'src/transforms': ['src/platform'],
  'src/data': ['src/platform', 'src/files', 'src/transforms'],
  'src/nn': ['src/compiler/ir', 'src/compiler/ops'],
  'src/program': ['src/nn', 'src/compiler', 'src/runtime', 'src/transforms'],
  'src/models': ['src/nn', 'src/compiler/ir', 'src/weights', 'src/transforms'],
  'src/tasks': [
    'src/program',
    'src/models',
    'src/weights',
    'src/files',
    'src/transforms',
    'src/nn',
    'src/runtime',
    'src/platform',
  ],
  'src/train': [
    ...['src/program', 'src/nn', 'src/data', 'src/weights', 'src/transforms', 'src/compiler/ir', 'src/runtime', 'src/platform'],
  ],
  'src/scaling': ['src/models', 'src/program', 'src/nn'],
  'src/search': ['src/train', 'src/scaling'],
  'src/cli': ['src'],
  src: ['src'],
};

/** Places of which only types may be imported, by importing place. */
export const typesOnly = {
  'src/runtime': ['src/platform', 'src/compiler/ops', 'src/compiler/onnx'],
  'src/files': ['src/platform'],
  'src/weights': ['src/platform'],
  'src/transforms': ['src/platform'],
  'src/data': ['src/platform'],
  'src/models': ['src/weights', 'src/transforms', 'src/compiler/ir'],
  'src/train': ['src/runtime', 'src/platform'],
};

/** Packages that only these files (by prefix) may import. */
export const fenced = [
  { package: /^node:/, allowed: ['src/platform/', 'src/runtime/ort-node', 'src/runtime/worker-node', 'src/cli/'] },
  { package: /^onnxruntime-/, allowed: ['src/runtime/ort-'] },
  { package: /^sharp$/, allowed: ['src/platform/'] },
  { package: /^commander$|^picocolors$/, allowed: ['src/cli/'] },
];
