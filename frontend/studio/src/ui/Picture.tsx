import { IconPhoto } from '@tabler/icons-react';
import { useState } from 'react';
import classes from './Blocks.module.css';

/** A product picture in a fixed square: nothing moves when it arrives, and a broken one is no broken page. */
export function Picture({ src, size = 48 }: { src: string | null; size?: number }) {
  const [broken, setBroken] = useState(false);
  return (
    <span className={classes.picture} style={{ width: size, height: size }}>
      {src && !broken ? (
        <img src={src} alt="" width={size} height={size} loading="lazy" onError={() => setBroken(true)} />
      ) : (
        <IconPhoto size={size * 0.42} stroke={1.4} aria-hidden />
      )}
    </span>
  );
}
