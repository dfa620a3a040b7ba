/** The 10 categories of CIFAR-10 by index, as the data set names them. */
export const categories: readonly string[] = [
  'airplane',
  'automobile',
  'bird',
  'cat',
  'deer',
  'dog',
  'frog',
  'horse',
  'ship',
  'truck',
];
