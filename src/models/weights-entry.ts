/** What is known of a set of published weights: plain data. */
import type { ClassificationPreset } from '../transforms/preset.ts';

/** Lists of category names, by the name of the file in `categories/` that holds them. */
export type CategoriesName = 'imagenet' | 'fashion-mnist' | 'cifar10';

export interface WeightsMeta {
  /** Elements of all parameters, buffers not counted. */
  readonly numParams: number;
  /** Smallest input picture, [height, width]. */
  readonly minSize: readonly [number, number];
  readonly categories: CategoriesName;
  /** Where it is written how they were trained. */
  readonly recipe: string;
  /** Share of right answers in percent, one guess and five, of ImageNet-1K's validation pictures or another `dataset`'s test pictures. */
  readonly accuracy: { readonly 'acc@1': number; readonly 'acc@5': number };
  readonly dataset: 'ImageNet-1K' | 'Fashion-MNIST' | 'CIFAR-10';
  /** Multiply-adds of one picture at the preset's crop, in units of 10⁹. */
  readonly ops: number;
  /** Size of the file in MiB. */
  readonly fileSize: number;
}

/** A set of weights: a member of torchvision's weights enum of a model, or weights that come with Ocelli. */
export interface WeightsEntry {
  /** The member's name, such as `IMAGENET1K_V1`. */
  readonly name: string;
  /** The builder's name. */
  readonly model: string;
  /** An http(s) address, or `package:FILE` for a file that comes with Ocelli. The file's name ends in its hash. */
  readonly url: string;
  /** Whether `DEFAULT` stands for this entry. */
  readonly default: boolean;
  /** The preprocessing that `meta.accuracy` was measured with. Gray pictures go into models of one input channel. */
  readonly preset: ClassificationPreset;
  readonly meta: WeightsMeta;
}

/** The weights entries of a family's models, by builder name. */
export type WeightsTable = Readonly<Record<string, readonly WeightsEntry[]>>;
