/// For the end of a switch over a closed union: the compiler refuses a missing case, and a value that lied about its
/// type stops here.
export const assertNever = (value: never): never => {
  throw new Error(`unexpected case ${JSON.stringify(value)}`)
}
