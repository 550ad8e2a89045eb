/// The documents that were opened on this device, newest first. The links hold their tokens and stay on this device.
const key = 'tessera.recent'
const most = 12

export type RecentRoom = { readonly room: string; readonly name: string; readonly href: string }

export const recentRooms = (): readonly RecentRoom[] => {
  try {
    const list: unknown = JSON.parse(localStorage.getItem(key) ?? '[]')
    if (!Array.isArray(list)) return []
    return list.filter((item): item is RecentRoom => {
      const entry = item as Partial<RecentRoom> | null
      return typeof entry?.room === 'string' && typeof entry.name === 'string' && typeof entry.href === 'string' && entry.href.startsWith('/d/')
    })
  } catch {
    return []
  }
}

export const rememberRoom = (room: RecentRoom): void => {
  const others = recentRooms().filter(other => other.room !== room.room)
  localStorage.setItem(key, JSON.stringify([room, ...others].slice(0, most)))
}
