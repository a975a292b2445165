import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import { join } from 'node:path';
import { eventually, freePort, type Place, scratch, startYutu, type Yutu } from './harness.js';

/** A Yutu behind a real nginx (Debian's) that serves it at a path of its own and passes on nothing but what it does unasked. */
export interface Behind {
  yutu: Yutu;
  /** The public address: http://127.0.0.1:…/gis */
  url: string;
  /** The platform as browsers come to it. */
  place: Place;
  remove(): Promise<void>;
}

const PROGRAM = '/usr/sbin/nginx';

/** Whether it would have to be installed first (apt-get install nginx-light). */
export const lacksNginx = !existsSync(PROGRAM);

export async function startBehindNginx(path = '/gis'): Promise<Behind> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}${path}`;
  const yutu = await startYutu({ env: { BASE_URL: url } });
  const folder = mkdtempSync(join(scratch(), 'nginx-'));
  const temp = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${folder}/${name};`);
  writeFileSync(
    join(folder, 'nginx.conf'),
    `pid ${folder}/pid; error_log ${folder}/error.log; worker_processes 1; daemon off; master_process off;
events { worker_connections 256; }
http {
  access_log off; ${temp.join(' ')}
  server {
    listen 127.0.0.1:${port};
    location ${path}/ { proxy_pass http://127.0.0.1:${yutu.port}/; proxy_buffering off; proxy_http_version 1.1; client_max_body_size 20m; }
    location / { return 404 'no platform here'; }
  }
}
`,
  );
  const nginx = spawn(PROGRAM, ['-e', join(folder, 'error.log'), '-c', join(folder, 'nginx.conf')], {
    stdio: 'ignore',
  });
  const exited = new Promise((resolve) => nginx.on('close', resolve));
  nginx.on('error', (error) => console.error(error));
  await eventually(
    () =>
      new Promise<void>((resolve, reject) => {
        const socket = net.connect(port, '127.0.0.1', () => resolve(void socket.destroy()));
        socket.on('error', reject);
      }),
  );
  return {
    yutu,
    url,
    place: { ...yutu, port, url },
    async remove() {
      nginx.kill('SIGQUIT');
      await exited;
      rmSync(folder, { recursive: true, force: true });
      await yutu.remove();
    },
  };
}
