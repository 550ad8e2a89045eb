/// One icon set (lucide, 16 px on a 1.5 px stroke), inlined at build. Icons are decoration: the control has the name.
import alert from 'lucide-static/icons/triangle-alert.svg?raw'
import check from 'lucide-static/icons/check.svg?raw'
import chevron from 'lucide-static/icons/chevron-right.svg?raw'
import circle from 'lucide-static/icons/circle.svg?raw'
import cloud from 'lucide-static/icons/cloud.svg?raw'
import cloudOff from 'lucide-static/icons/cloud-off.svg?raw'
import code from 'lucide-static/icons/file-code.svg?raw'
import copy from 'lucide-static/icons/copy.svg?raw'
import device from 'lucide-static/icons/hard-drive.svg?raw'
import eye from 'lucide-static/icons/eye.svg?raw'
import eyeOff from 'lucide-static/icons/eye-off.svg?raw'
import frame from 'lucide-static/icons/frame.svg?raw'
import group from 'lucide-static/icons/group.svg?raw'
import hand from 'lucide-static/icons/hand.svg?raw'
import image from 'lucide-static/icons/image.svg?raw'
import info from 'lucide-static/icons/info.svg?raw'
import layers from 'lucide-static/icons/layers.svg?raw'
import line from 'lucide-static/icons/slash.svg?raw'
import lock from 'lucide-static/icons/lock.svg?raw'
import moon from 'lucide-static/icons/moon.svg?raw'
import open from 'lucide-static/icons/lock-open.svg?raw'
import pointer from 'lucide-static/icons/mouse-pointer-2.svg?raw'
import rect from 'lucide-static/icons/square.svg?raw'
import redo from 'lucide-static/icons/redo-2.svg?raw'
import share from 'lucide-static/icons/share-2.svg?raw'
import shuffle from 'lucide-static/icons/shuffle.svg?raw'
import sliders from 'lucide-static/icons/sliders-horizontal.svg?raw'
import sparkles from 'lucide-static/icons/sparkles.svg?raw'
import sun from 'lucide-static/icons/sun.svg?raw'
import trash from 'lucide-static/icons/trash-2.svg?raw'
import type_ from 'lucide-static/icons/type.svg?raw'
import undo from 'lucide-static/icons/undo-2.svg?raw'
import unknown from 'lucide-static/icons/shapes.svg?raw'
import vector from 'lucide-static/icons/pen-tool.svg?raw'
import x from 'lucide-static/icons/x.svg?raw'
import { tokens } from '../theme/tokens'

const sources = {
  alert, check, chevron, circle, cloud, cloudOff, code, copy, device, eye, eyeOff, frame, group, hand, image, info, layers, line,
  lock, moon, open, pointer, rect, redo, share, shuffle, sliders, sparkles, sun, trash, text: type_, undo, unknown, vector, x,
}
export type IconName = keyof typeof sources

/// The drawing inside the file's <svg>: the wrapper, with our stroke, is written here.
const drawing = (svg: string): string => svg.replace(/^[\s\S]*?<svg[^>]*>/, '').replace(/<\/svg>\s*$/, '')
const viewBoxSide = 24

export const Icon = ({ name }: { name: IconName }) => (
  <svg
    className="icon" viewBox={`0 0 ${viewBoxSide} ${viewBoxSide}`} fill="none" stroke="currentColor" strokeLinecap="round"
    strokeLinejoin="round" strokeWidth={(tokens.size.iconStroke * viewBoxSide) / tokens.size.icon} aria-hidden="true"
    dangerouslySetInnerHTML={{ __html: drawing(sources[name]) }}
  />
)
