// What seeded people type.

export const plainLetters = [...'etaoinshrdlucmfwypvbgkjqxz     .,\n']
export const mixedLetters = [...plainLetters, 'é', 'ß', '€', '漢', '字', '😀', '𝄞', '👩‍🎨']

export const words = (random, letters, length) => {
  let text = ''
  for (let i = 0; i < length; ++i) text += random.pick(letters)
  return text
}
