/** The least a server on `node:http` can do: the same bytes to everybody. `node bare.js <bytes>`; prints its port. */
import http from 'node:http';

const body = Buffer.alloc(Number(process.argv[2]), 7);
const head = ['Content-Type', 'application/octet-stream', 'Content-Length', String(body.length), 'ETag', '"a"'];
const server = http.createServer((_req, res) => {
  res.writeHead(200, head);
  res.end(body);
});
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
