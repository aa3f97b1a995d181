import { type Socket, connect } from 'node:net';

/**
 * A stand-in for a WebSocket that carries the bytes to a plain TCP port of this machine, wherever it is told to go: a
 * Service Bus client with an identity always asks for TLS.
 */
export function bridgeTo(port: number) {
  const urls: string[] = [];
  const chunks: Buffer[] = [];

  class Bridge {
    url: string;
    protocol = '';
    binaryType = '';
    onopen = (): void => undefined;
    onmessage: (event: { data: Buffer }) => void = () => undefined;
    onerror: (error: Error) => void = () => undefined;
    onclose = (): void => undefined;
    private readonly socket: Socket;

    constructor(url: string) {
      this.url = url;
      urls.push(url);
      this.socket = connect(port, '127.0.0.1');
      this.socket.on('connect', () => this.onopen());
      this.socket.on('data', (data) => this.onmessage({ data }));
      this.socket.on('error', (error) => this.onerror(error));
      this.socket.on('close', () => this.onclose());
    }

    send(data: Uint8Array): void {
      chunks.push(Buffer.from(data));
      this.socket.write(data);
    }

    close(): void {
      this.socket.end();
    }
  }

  return { webSocket: Bridge, urls, written: () => Buffer.concat(chunks).toString('latin1') };
}
