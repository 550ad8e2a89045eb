// Renders SVG files with resvg, for tests:  node resvg.mjs MODULES FONTS < list
// Each line of the list: SVG, PNG and the width in px, tab-separated. MODULES: the folder whose node_modules has
// @resvg/resvg-js. A file that resvg refuses leaves no PNG.
import { readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, resolve } from 'node:path'

const [modules, fonts] = process.argv.slice(2)
const { Resvg } = createRequire(join(resolve(modules), 'from.cjs'))('@resvg/resvg-js')
const fontFiles = readdirSync(fonts).filter(name => /\.(ttf|otf)$/.test(name)).map(name => resolve(fonts, name))
const font = {
  loadSystemFonts: false, fontFiles, defaultFontFamily: 'Noto Sans', serifFamily: 'Noto Serif', sansSerifFamily: 'Noto Sans',
  cursiveFamily: 'Yellowtail', fantasyFamily: 'Sedgwick Ave Display', monospaceFamily: 'Noto Mono'
}
for (const line of readFileSync(0, 'utf8').split('\n').filter(Boolean)) {
  const [svg, png, width] = line.split('\t')
  try {
    process.chdir(dirname(svg)) // links are relative to the file
    const picture = new Resvg(readFileSync(svg), { fitTo: { mode: 'width', value: Number(width) }, logLevel: 'off', font })
    writeFileSync(png, picture.render().asPng())
  } catch (error) {
    console.error(`${svg}: ${error}`)
  }
}
