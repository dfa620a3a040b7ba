/** Where public data sets are published, and their files' hashes: downloaded once, checked, kept in the cache. */
import { OcelliError } from '../base/errors.ts';
import { type DownloadProgress, download } from '../files/download.ts';
import type { Platform } from '../platform/platform.ts';

export type SourceName = 'mnist' | 'fashion-mnist' | 'cifar10' | 'cifar100';

/** Files of one data set that lie in one place. */
interface Source {
  /** Ends with a slash. */
  readonly url: string;
  /** SHA-256 by file name. */
  readonly files: Readonly<Record<string, string>>;
}

/**
 * The addresses are torchvision's (the first of MNIST's that still answers, S3) and, for CIFAR's binary files, those of the
 * authors' page. The SHA-256 of MNIST and Fashion-MNIST are torchvision's (its prototype data sets list them where the stable
 * ones list MD5); those of CIFAR are torchvision for Ruby's, which reads the same archives.
 */
export const sources: { readonly [S in SourceName]: Source } = {
  mnist: {
    url: 'https://ossci-datasets.s3.amazonaws.com/mnist/',
    files: {
      'train-images-idx3-ubyte.gz': '440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609',
      'train-labels-idx1-ubyte.gz': '3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c',
      't10k-images-idx3-ubyte.gz': '8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6',
      't10k-labels-idx1-ubyte.gz': 'f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6',
    },
  },
  'fashion-mnist': {
    url: 'http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/',
    files: {
      'train-images-idx3-ubyte.gz': '3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84',
      'train-labels-idx1-ubyte.gz': 'a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845',
      't10k-images-idx3-ubyte.gz': '346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073',
      't10k-labels-idx1-ubyte.gz': '67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5',
    },
  },
  cifar10: {
    url: 'https://www.cs.toronto.edu/~kriz/',
    files: { 'cifar-10-binary.tar.gz': 'c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd' },
  },
  cifar100: {
    url: 'https://www.cs.toronto.edu/~kriz/',
    files: { 'cifar-100-binary.tar.gz': '58a81ae192c23a4be8b1804d68e518ed807d710a4eb253b1f2a199162a40d8ec' },
  },
};

/** What a download can be given. */
export interface FetchOptions {
  readonly platform: Platform;
  readonly onProgress?: (progress: DownloadProgress) => void;
  readonly signal?: AbortSignal;
}

/** The address to ask for: `OCELLI_DATA_URL` replaces all publishers by one mirror with a folder for each data set. */
function addressOf(set: SourceName, file: string, platform: Platform): string {
  const mirror = platform.setting('OCELLI_DATA_URL');
  if (!mirror) return sources[set].url + file;
  if (!/^https?:$/.test(URL.canParse(mirror) ? new URL(mirror).protocol : '')) {
    throw new OcelliError('usage', `OCELLI_DATA_URL is "${mirror}": set it to an address that begins with http:// or https://`);
  }
  return `${mirror.replace(/\/+$/, '')}/${set}/${file}`;
}

/**
 * The path of a data set's file in the cache, `data/<set>/<file>`; downloaded and checked when it is not there.
 * @throws network, integrity, io or aborted; see `download`
 */
export async function fetchData(set: SourceName, file: string, options: FetchOptions): Promise<string> {
  const { platform, onProgress, signal } = options;
  const sha256 = sources[set].files[file];
  if (sha256 === undefined) throw new OcelliError('internal', `${set} has no file ${file}`);
  const path = `${platform.cacheFolder}/data/${set}/${file}`;
  await download(addressOf(set, file, platform), {
    platform,
    path,
    sha256,
    advice: 'set OCELLI_DATA_URL to a mirror, or give the folder that holds the files',
    ...(onProgress ? { onProgress } : {}),
    ...(signal ? { signal } : {}),
  });
  return path;
}
