// The peer: @y/websocket-server from npm on a free loopback port, as its own start script runs it.
import http from 'node:http'
import { WebSocketServer } from 'ws'
import { setupWSConnection } from '@y/websocket-server/utils'

const server = http.createServer((request, response) => response.end('ok'))
const sockets = new WebSocketServer({ server })
sockets.on('connection', setupWSConnection)
server.listen(0, '127.0.0.1', () => console.log(JSON.stringify({ ready: true, port: server.address().port })))
process.on('SIGTERM', () => process.exit(0))
